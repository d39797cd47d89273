// The frame of a small form: fields, the problem of the whole form, one button.

import { Button } from "@quickshop/ui/button";
import { type ReactNode, useRef } from "react";
import { FormError } from "./form-error";
import { useFormErrors } from "./use-form-errors";

interface FormProps {
  submit: string;
  busy: boolean;
  /** Rejects with what the server refused. */
  onSubmit: (data: FormData) => Promise<unknown>;
  children: (errorOf: (name: string) => string | undefined) => ReactNode;
}

export function Form({ submit, busy, onSubmit, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const { errors, complete, refuse } = useFormErrors(form);
  return (
    <form
      ref={form}
      noValidate
      className="max-w-md space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || !complete()) return;
        onSubmit(new FormData(event.currentTarget)).catch(refuse);
      }}
    >
      {children((name) => errors.fields[name])}
      <FormError text={errors.form} />
      <Button type="submit" busy={busy} className="mt-2 max-sm:w-full">
        {submit}
      </Button>
    </form>
  );
}
