import type { Money } from "@quickshop/api/types";
import { Button } from "@quickshop/ui/button";
import { Icon } from "@quickshop/ui/icon";
import { Price } from "@quickshop/ui/price";
import { useEffect, useState } from "react";

/** An answer that took so long is more than a slow bank. */
const SLOW_AFTER_MS = 5_000;

interface PayButtonProps {
  amount: Money;
  busy: boolean;
  /** Where the card number goes, in one short sentence. */
  note: string;
}

export function PayButton({ amount, busy, note }: PayButtonProps) {
  const slow = useSlow(busy);
  return (
    <>
      <Button type="submit" wide busy={busy}>
        Pay <Price money={amount} />
      </Button>
      <p className="flex items-center justify-center gap-1.5 text-center text-xs text-muted">
        <Icon name="lock" className="size-3.5" />
        {busy ? "Please wait, your bank is being asked." : note}
      </p>
      <p role="status" className="text-center text-sm text-ink empty:hidden">
        {slow && "We are checking your payment… Please stay here, and do not pay again."}
      </p>
    </>
  );
}

/** True when `busy` has lasted too long. */
function useSlow(busy: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!busy) return;
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [busy]);
  return slow;
}
