import { use } from "react";
import { cx } from "./cx";
import { LocaleContext } from "./locale";
import { formatMoney } from "./money";

export function Price({ money, className }: { money: { amount: string; currency: string }; className?: string }) {
  return <span className={cx("tabular-nums", className)}>{formatMoney(money, use(LocaleContext))}</span>;
}
