/** A problem of the whole form; focus is put here, so that it is read out. */
export function FormError({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p tabIndex={-1} data-form-error role="alert" className="border-l-2 border-danger py-1 pl-4 text-danger">
      {text}
    </p>
  );
}
