// The states of a screen that are not its content: nothing here, refused, failed.

import { ApiError } from "@quickshop/api/problem";
import { Button } from "@quickshop/ui/button";
import { cx } from "@quickshop/ui/cx";
import type { ReactNode } from "react";
import { usePageTitle } from "./use-page-title";
import { sayError } from "./words";

interface NoticeProps {
  title: string;
  children?: ReactNode;
  /** What to do next. */
  action?: ReactNode;
  /** A notice that is the page has the page's heading. */
  level?: 1 | 2;
  /** For an instrument: the same, small. */
  dense?: boolean;
}

export function Notice({ title, children, action, level = 1, dense = false }: NoticeProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className={cx("max-w-xl", dense ? "py-2" : "py-12 md:py-20")}>
      <Heading className={dense ? "text-xl font-semibold tracking-tight" : `display ${level === 1 ? "text-3xl" : "text-2xl"}`}>
        {title}
      </Heading>
      {children !== undefined && <div className={cx("text-muted", dense ? "mt-1.5" : "mt-4 text-lg")}>{children}</div>}
      {action !== undefined && <div className={cx("flex flex-wrap gap-3", dense ? "mt-5" : "mt-8")}>{action}</div>}
    </div>
  );
}

interface FailureProps extends Pick<NoticeProps, "level" | "dense"> {
  error: Error;
  onRetry: () => void;
}

/** A request that failed, with a way to try again; the request id helps whoever is asked for help. */
export function Failure({ error, onRetry, level = 1, dense = false }: FailureProps) {
  usePageTitle(level === 1 ? "Something went wrong" : null);
  return (
    <div role="alert">
      <Notice level={level} dense={dense} title="This did not load" action={<Button onClick={onRetry}>Try again</Button>}>
        <p>{sayError(error)}</p>
        {error instanceof ApiError && error.requestId !== null && <p className="mt-2 text-sm">Reference: {error.requestId}</p>}
      </Notice>
    </div>
  );
}
