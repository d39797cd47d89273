// `/admin/welcome#secret`: the first way in. A one-time link is checked at once; its holder chooses what to sign in with.

import { api } from "@quickshop/api/client";
import { hasCode } from "@quickshop/api/problem";
import { startSession } from "@quickshop/api/session";
import { Failure, Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Navigate } from "react-router";
import { meQuery } from "../../shared/me";
import { forgetLink, useOneTimeLink } from "../../shared/one-time-link";
import { FormShape } from "./form-shape";
import { NewLinkHelp } from "./new-link-help";
import { type Choice, WelcomeForm } from "./welcome-form";

export function WelcomePage() {
  const secret = useOneTimeLink((link) => link.secret);
  const check = useQuery(checkQuery(secret ?? ""));
  const redeem = useRedeem(secret ?? "");
  usePageTitle("Welcome");
  if (redeem.isSuccess) return <Navigate replace to="/" />;
  if (secret === null)
    return <NoLink title="Open the link again" reason="The link’s secret was not kept. If it is used up, make a new one." />;
  if (hasCode(check.error, "link_ended") || hasCode(redeem.error, "link_ended"))
    return <NoLink title="This link has ended" reason="A link works once, within 30 minutes, and a newer one ends it." />;
  if (check.isError && check.data === undefined) return <Failure dense error={check.error} onRetry={() => check.refetch()} />;
  if (check.isPending) return <FormShape fields={3} />;
  return (
    <WelcomeForm link={check.data} busy={redeem.isPending} onChoose={(choice) => redeem.mutateAsync(choice).then(forgetLink)} />
  );
}

function checkQuery(link: string) {
  return queryOptions({
    queryKey: ["one-time-link", link],
    queryFn: ({ signal }) => api.post("/auth/link/check", { body: { link }, signal }),
    enabled: link !== "",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

function useRedeem(link: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (choice: Choice) => {
      startSession(await api.post("/auth/link", { body: { link, ...choice, cookie: true } }));
      // The link is used up: whatever fails from here on is said by the admin itself, and asking again there helps.
      await queries.prefetchQuery({ ...meQuery, staleTime: 0 });
    },
  });
}

function NoLink({ title, reason }: { title: string; reason: string }) {
  return (
    <Notice
      dense
      title={title}
      action={
        <p className="text-muted">
          You have a password?{" "}
          <Link to="/sign-in" className="link text-ink">
            Sign in
          </Link>
        </p>
      }
    >
      <NewLinkHelp reason={reason} />
    </Notice>
  );
}
