/** A text field's value, trimmed; "" when there is none. */
export function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** A password as typed: blanks at its ends belong to it. */
export function passwordOf(data: FormData): string {
  const value = data.get("password");
  return typeof value === "string" ? value : "";
}

export function optionalTextOf(data: FormData, name: string): string | null {
  return textOf(data, name) || null;
}
