/** The whole console: look, data, notifications, routes. */
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiFailure } from "./api/errors";
import { makeRouter } from "./routes";
import { useScheme } from "./ui/scheme";
import { theme } from "./ui/theme";

const RETRIES = 2;

const client = new QueryClient({
  queryCache: new QueryCache({ onError: leaveIfSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // A refusal stays one; a server that cannot be reached, or is too busy, is asked again.
      retry: (failures, error) => failures < RETRIES && !(error instanceof ApiFailure && !error.mayPass),
    },
  },
});

const router = makeRouter(client);

function leaveIfSignedOut(error: unknown) {
  if (!(error instanceof ApiFailure) || !(error.isSignedOut || error.needsSetup)) return;
  const { pathname, href } = router.state.location;
  if (pathname === "/sign-in" || pathname === "/setup") return;
  void router.navigate(error.needsSetup ? { to: "/setup" } : { to: "/sign-in", search: { back: href } });
}

export function App() {
  const scheme = useScheme();
  return (
    // Variables and classes come from style sheets: the content security policy allows no style elements.
    <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" limit={4} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
