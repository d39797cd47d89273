/** The shortest password the shop takes. */
export const MIN_PASSWORD_LENGTH = 8;

/** A password as typed: blanks at its ends belong to it. */
export function passwordOf(data: FormData): string {
  const value = data.get("password");
  return typeof value === "string" ? value : "";
}
