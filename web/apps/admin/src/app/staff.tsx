// Lets only staff in. The server decides; until it has, nothing of the shop is shown.

import { Failure } from "@quickshop/shared/screen-state";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "react-router";
import { Refusal } from "../features/session/refusal";
import { meQuery } from "../shared/me";
import { FrameShape } from "./frame-shape";
import { ThresholdFrame } from "./threshold";

export function Staff() {
  const { pathname, search } = useLocation();
  const me = useQuery(meQuery);
  if (me.isPending) return <Loading />;
  // A failed repeat leaves the screen, and what is typed there, as it is.
  if (me.isError && me.data === undefined)
    return (
      <ThresholdFrame>
        <Failure dense error={me.error} onRetry={() => me.refetch()} />
      </ThresholdFrame>
    );
  if (me.data.is === "guest") return <Navigate replace to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} />;
  if (me.data.is === "customer")
    return (
      <ThresholdFrame>
        <Refusal user={me.data.user} />
      </ThresholdFrame>
    );
  return <Outlet context={me.data} />;
}

/** The frame's own measures, so that nothing moves when it arrives. */
function Loading() {
  return (
    <FrameShape rail={null} bar={null}>
      <main aria-busy="true" aria-label="Loading" className="space-y-4">
        <Skeleton className="h-8 w-40" />
        <Skeleton className="h-12 w-full max-w-2xl" />
        <Skeleton className="h-52 w-full max-w-2xl" />
      </main>
    </FrameShape>
  );
}
