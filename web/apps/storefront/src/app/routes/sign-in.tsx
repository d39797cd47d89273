import { useNavigate, useSearchParams } from "react-router";
import { SignInPage } from "../../features/account/sign-in-page";
import { nextAddress } from "../next-address";

export function Component() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const next = nextAddress(search);
  return <SignInPage next={next} onDone={() => navigate(next, { replace: true })} />;
}
