import type { Money } from "@quickshop/api/types";
import { Button } from "@quickshop/ui/button";
import { Icon } from "@quickshop/ui/icon";
import { Price } from "@quickshop/ui/price";

interface PayButtonProps {
  amount: Money;
  busy: boolean;
  /** Where the card number goes, in one short sentence. */
  note: string;
}

export function PayButton({ amount, busy, note }: PayButtonProps) {
  return (
    <>
      <Button type="submit" wide busy={busy}>
        Pay <Price money={amount} />
      </Button>
      <p className="flex items-center justify-center gap-1.5 text-center text-xs text-muted">
        <Icon name="lock" className="size-3.5" />
        {busy ? "Please wait, your bank is being asked." : note}
      </p>
    </>
  );
}
