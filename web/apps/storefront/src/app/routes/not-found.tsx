import { NotFound } from "../../shared/not-found";

export function Component() {
  return <NotFound />;
}
