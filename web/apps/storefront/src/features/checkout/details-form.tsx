// The first two sections: who to write to, and where to send it. The server judges; its words stand beside the fields.

import type { Address } from "@quickshop/api/types";
import { optionalTextOf, textOf } from "@quickshop/shared/form-data";
import { FormError } from "@quickshop/shared/form-error";
import { useFormErrors } from "@quickshop/shared/use-form-errors";
import { Button } from "@quickshop/ui/button";
import { Field } from "@quickshop/ui/field";
import { LocaleContext } from "@quickshop/ui/locale";
import { Select } from "@quickshop/ui/select";
import { type ReactNode, use, useMemo, useRef } from "react";
import type { Details } from "./checkout.api";
import { countries, homeCountry } from "./countries";

interface DetailsFormProps {
  initial: Partial<Details>;
  busy: boolean;
  /** Delivery as it will be: "Standard, $5.00". */
  delivery: ReactNode;
  /** Resolves when the details are taken, rejects with what the server refused. */
  onSubmit: (details: Details) => Promise<void>;
}

export function DetailsForm({ initial, busy, delivery, onSubmit }: DetailsFormProps) {
  const locale = use(LocaleContext);
  const form = useRef<HTMLFormElement>(null);
  const { errors, complete, refuse } = useFormErrors(form);
  const options = useMemo(() => countries(locale), [locale]);
  const address: Partial<Address> = initial.shipping_address ?? {};
  const part = (name: keyof Address) => ({
    name: `shipping_address.${name}`,
    defaultValue: address[name] ?? "",
    error: errors.fields[`shipping_address.${name}`],
    maxLength: 200,
  });
  return (
    <form
      ref={form}
      noValidate
      className="space-y-10"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || !complete()) return;
        onSubmit(detailsOf(new FormData(event.currentTarget))).catch(refuse);
      }}
    >
      <section aria-labelledby="contact" className="space-y-4">
        <h2 id="contact" className="display text-xl">
          Contact
        </h2>
        <Field
          label="E-mail"
          type="email"
          name="email"
          autoComplete="email"
          inputMode="email"
          required
          maxLength={254}
          data-missing="Enter your e-mail address."
          hint="For the receipt and for news about your parcel, nothing else."
          defaultValue={initial.email ?? ""}
          error={errors.fields.email}
        />
      </section>
      <section aria-labelledby="delivery" className="space-y-4">
        <h2 id="delivery" className="display text-xl">
          Delivery
        </h2>
        <Select
          label="Country"
          autoComplete="shipping country"
          options={options}
          {...part("country")}
          defaultValue={address.country ?? homeCountry(locale)}
        />
        <Field
          label="Full name"
          autoComplete="shipping name"
          required
          data-missing="Enter the name on the parcel."
          {...part("full_name")}
        />
        <Field
          label="Street and number"
          autoComplete="shipping address-line1"
          required
          data-missing="Enter street and number."
          {...part("line1")}
        />
        <Field label="Flat, floor, company" optional autoComplete="shipping address-line2" {...part("line2")} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Town or city"
            autoComplete="shipping address-level2"
            required
            data-missing="Enter the town or city."
            {...part("city")}
          />
          <Field label="Postcode" autoComplete="shipping postal-code" {...part("postal_code")} />
          <Field label="State or region" autoComplete="shipping address-level1" {...part("region")} />
          <Field label="Phone" type="tel" optional autoComplete="shipping tel" {...part("phone")} />
        </div>
        <p className="flex justify-between gap-4 border-y border-line py-3 text-sm">{delivery}</p>
      </section>
      <FormError text={errors.form} />
      <Button type="submit" wide busy={busy}>
        Continue to payment
      </Button>
    </form>
  );
}

function detailsOf(data: FormData): Details {
  const part = (name: keyof Address) => `shipping_address.${name}`;
  return {
    email: textOf(data, "email"),
    shipping_address: {
      full_name: textOf(data, part("full_name")),
      line1: textOf(data, part("line1")),
      line2: optionalTextOf(data, part("line2")),
      city: textOf(data, part("city")),
      region: optionalTextOf(data, part("region")),
      postal_code: optionalTextOf(data, part("postal_code")),
      country: textOf(data, part("country")),
      phone: optionalTextOf(data, part("phone")),
    },
  };
}
