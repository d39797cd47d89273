// Forms are judged by the server: its problem fields are put beside the inputs of the same name, and focus goes to the first.

import { ApiError } from "@quickshop/api/problem";
import { type RefObject, useEffect, useState } from "react";
import { sayError } from "./words";

interface FormErrors {
  /** By input name, which is the JSON path of the field in the request. */
  fields: Record<string, string>;
  /** What belongs to no field. */
  form: string | null;
}

const NONE: FormErrors = { fields: {}, form: null };

export function useFormErrors(form: RefObject<HTMLFormElement | null>) {
  const [errors, setErrors] = useState(NONE);

  useEffect(() => {
    if (errors !== NONE) form.current?.querySelector<HTMLElement>("[aria-invalid='true'], [data-form-error]")?.focus();
  }, [errors, form]);

  return {
    errors,
    clear: () => setErrors(NONE),
    /** Takes a refused request apart. */
    refuse: (error: Error) => setErrors(split(error, form.current)),
    /** What can be known without asking: a required field is empty, an address has no @. False when something is missing. */
    complete: () => {
      const fields = form.current === null ? {} : incomplete(form.current);
      const ok = Object.keys(fields).length === 0;
      setErrors(ok ? NONE : { fields, form: null });
      return ok;
    },
  };
}

function split(error: Error, form: HTMLFormElement | null): FormErrors {
  const fields: Record<string, string> = {};
  const loose: string[] = [];
  for (const { field, detail } of error instanceof ApiError ? error.errors : []) {
    const name = field.replace(/^[$/.]+/, "").replaceAll("/", ".");
    if (form?.elements.namedItem(name)) fields[name] = detail;
    else loose.push(detail);
  }
  const silent = Object.keys(fields).length > 0 && loose.length === 0;
  return { fields, form: silent ? null : [loose.length > 0 ? loose.join(" ") : sayError(error)].join(" ") };
}

function incomplete(form: HTMLFormElement): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const input of form.querySelectorAll<HTMLInputElement>("input[name]")) {
    if (input.required && input.value.trim() === "") fields[input.name] = input.dataset.missing ?? "Please fill this in.";
    else if (input.validity.typeMismatch) fields[input.name] = "This e-mail address is not complete.";
    else if (input.validity.tooShort) fields[input.name] = `Please use at least ${input.minLength} characters.`;
  }
  return fields;
}
