import { nextAddress } from "@quickshop/shared/next-address";
import { useNavigate, useSearchParams } from "react-router";
import { RegisterPage } from "../../features/account/register-page";

export function Component() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const next = nextAddress(search, "/account");
  return <RegisterPage next={next} onDone={() => navigate(next, { replace: true })} />;
}
