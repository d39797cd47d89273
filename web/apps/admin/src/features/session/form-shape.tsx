import { Skeleton } from "@quickshop/ui/skeleton";

/** A form's measures, while it is not known yet whether it is needed. */
export function FormShape({ fields }: { fields: number }) {
  return (
    <div aria-busy="true" role="status" aria-label="Loading" className="max-w-md space-y-4">
      <Skeleton className="mb-6 h-14 w-48" />
      {Array.from({ length: fields }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={index} className="h-[4.75rem] w-full" />
      ))}
      <Skeleton className="h-11 w-28" />
    </div>
  );
}
