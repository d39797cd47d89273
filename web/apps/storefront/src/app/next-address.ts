/** Where to go after signing in: only addresses of this shop, never one that leads elsewhere. */
export function nextAddress(search: URLSearchParams): string {
  const next = search.get("next") ?? "";
  return /^\/(?![/\\])/.test(next) ? next : "/account";
}
