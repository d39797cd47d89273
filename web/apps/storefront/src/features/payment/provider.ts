// What a way to pay must offer. Two exist: Stripe's Payment Element, and the sandbox's own card form.

import type { Money, PaymentIntent } from "@quickshop/api/types";
import type { ComponentType, ReactNode } from "react";

export type Outcome =
  /** The money is taken or on its way; the order will say when it has arrived. */
  | { kind: "confirmed" }
  /** Refused by the bank: the order is kept and another card may be tried. */
  | { kind: "declined"; message: string }
  /** Nobody answered, and the provider knows of no charge: the customer may try again. */
  | { kind: "unreached" }
  /** Nobody answered: the card may have been charged or not, and only the order will say. */
  | { kind: "unknown" }
  /** The form itself is not complete; the fields say what is missing. */
  | { kind: "incomplete" }
  /** The browser is leaving for the bank's page and comes back to the return address. */
  | { kind: "leaving" };

export interface Prepared {
  intent: PaymentIntent;
  /** Where the bank's own page sends the customer back to, absolute. */
  returnUrl: string;
}

export interface PaymentFormProps {
  amount: Money;
  publishableKey: string;
  email: string;
  /** Places the order and gets its intent; the same answer when called again. Throws what the server refused. */
  prepare: () => Promise<Prepared>;
  onOutcome: (outcome: Outcome) => void;
  onFailure: (error: Error) => void;
  /** The line above the button: a decline, a lost connection. */
  notice: ReactNode;
}

export interface PaymentProvider {
  name: PaymentIntent["provider"];
  /** The form with its pay button. */
  Form: ComponentType<PaymentFormProps>;
}
