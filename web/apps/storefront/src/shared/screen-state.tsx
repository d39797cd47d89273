// The states of a screen that are not its content: nothing here, refused, failed.

import { ApiError } from "@quickshop/api/problem";
import { Button } from "@quickshop/ui/button";
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
}

export function Notice({ title, children, action, level = 1 }: NoticeProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="max-w-xl py-12 md:py-20">
      <Heading className={`display ${level === 1 ? "text-3xl" : "text-2xl"}`}>{title}</Heading>
      {children !== undefined && <div className="mt-4 text-lg text-muted">{children}</div>}
      {action !== undefined && <div className="mt-8 flex flex-wrap gap-3">{action}</div>}
    </div>
  );
}

/** A request that failed, with a way to try again; the request id helps whoever is asked for help. */
export function Failure({ error, onRetry, level = 1 }: { error: Error; onRetry: () => void; level?: 1 | 2 }) {
  usePageTitle(level === 1 ? "Something went wrong" : null);
  return (
    <div role="alert">
      <Notice level={level} title="This did not load" action={<Button onClick={onRetry}>Try again</Button>}>
        <p>{sayError(error)}</p>
        {error instanceof ApiError && error.requestId !== null && <p className="mt-2 text-sm">Reference: {error.requestId}</p>}
      </Notice>
    </div>
  );
}
