import { Skeleton } from "@quickshop/ui/skeleton";

/** Of the page's own heights, while it is not known whose checkout it is. */
export function CheckoutSkeleton() {
  return (
    <>
      <h1 className="display mb-8 text-3xl md:mb-12">Checkout</h1>
      <div role="status" className="grid grid-cols-1 gap-x-16 gap-y-10 lg:grid-cols-[minmax(0,46rem)_24rem] lg:justify-between">
        <span className="sr-only">Loading your checkout</span>
        <Skeleton className="h-14 lg:order-last lg:h-56" />
        <div className="space-y-4">
          <Skeleton className="h-8 w-32" />
          <Skeleton className="h-25" />
          <Skeleton className="mt-10 h-8 w-32" />
          <Skeleton className="h-19" />
          <Skeleton className="h-19" />
          <Skeleton className="h-19" />
        </div>
      </div>
    </>
  );
}
