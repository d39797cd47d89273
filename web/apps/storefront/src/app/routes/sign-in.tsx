import { nextAddress } from "@quickshop/shared/next-address";
import { useNavigate, useSearchParams } from "react-router";
import { SignInPage } from "../../features/account/sign-in-page";

export function Component() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const next = nextAddress(search, "/account");
  return <SignInPage next={next} onDone={() => navigate(next, { replace: true })} />;
}
