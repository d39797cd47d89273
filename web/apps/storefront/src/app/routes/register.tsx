import { useNavigate, useSearchParams } from "react-router";
import { RegisterPage } from "../../features/account/register-page";
import { nextAddress } from "../next-address";

export function Component() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const next = nextAddress(search);
  return <RegisterPage next={next} onDone={() => navigate(next, { replace: true })} />;
}
