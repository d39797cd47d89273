import { Skeleton } from "@quickshop/ui/skeleton";

export function CartSkeleton() {
  return (
    <div role="status" className="divide-y divide-line">
      <span className="sr-only">Loading your cart</span>
      {["a", "b"].map((key) => (
        <div key={key} className="flex gap-4 py-5">
          <Skeleton className="aspect-4/5 w-20 shrink-0 rounded-none sm:w-24" />
          <div className="flex-1 space-y-3">
            <Skeleton className="h-5 w-2/3" />
            <Skeleton className="h-11 w-32" />
          </div>
        </div>
      ))}
    </div>
  );
}
