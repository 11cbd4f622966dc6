/** How a program asks for a flag, in each language that OpenFeature has. Names and values are quoted for the language. */
export type Kind = "boolean" | "string" | "integer" | "float" | "object";
export type Snippet = { language: string; install: string; code: string };
export type Asked = { flag: string; kind: Kind; fallback: unknown; server: string };

const quote = (text: string) => JSON.stringify(text);

function pick<T>(kind: Kind, names: Record<Kind, T>): T {
  return names[kind];
}

function literal(value: unknown, words: { yes: string; no: string; object: string }): string {
  if (value === true) return words.yes;
  if (value === false) return words.no;
  if (typeof value === "object") return words.object;
  return JSON.stringify(value);
}

/** Returns the snippets for one flag. */
export function snippets({ flag, kind, fallback, server }: Asked): Snippet[] {
  const key = quote(flag);
  const plain = literal(fallback, { yes: "true", no: "false", object: "{}" });
  const python = literal(fallback, { yes: "True", no: "False", object: "{}" });
  const title = pick(kind, {
    boolean: "Boolean",
    string: "String",
    integer: "Integer",
    float: "Double",
    object: "Object",
  });
  const js = pick(kind, { boolean: "Boolean", string: "String", integer: "Number", float: "Number", object: "Object" });
  const go = pick(kind, { boolean: "Boolean", string: "String", integer: "Int", float: "Float", object: "Object" });
  const net = pick(kind, {
    boolean: "Boolean",
    string: "String",
    integer: "Integer",
    float: "Double",
    object: "Object",
  });
  const py = pick(kind, { boolean: "boolean", string: "string", integer: "integer", float: "float", object: "object" });
  const ruby = pick(kind, {
    boolean: "boolean",
    string: "string",
    integer: "integer",
    float: "float",
    object: "object",
  });
  const rust = pick(kind, { boolean: "bool", string: "string", integer: "int", float: "float", object: "struct" });
  return [
    {
      language: "JavaScript (server)",
      install: "npm install @openfeature/server-sdk @openfeature/ofrep-provider",
      code: `import { OpenFeature } from "@openfeature/server-sdk";
import { OFREPProvider } from "@openfeature/ofrep-provider";

await OpenFeature.setProviderAndWait(new OFREPProvider({
  baseUrl: ${quote(server)},
  headers: [["Authorization", \`Bearer \${process.env.HOIST_TOKEN}\`]],
}));
const client = OpenFeature.getClient();
const value = await client.get${js}Value(${key}, ${plain}, { targetingKey: userId });`,
    },
    {
      language: "JavaScript (web)",
      install: "npm install @openfeature/web-sdk @openfeature/ofrep-web-provider",
      code: `import { OpenFeature } from "@openfeature/web-sdk";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";

await OpenFeature.setContext({ targetingKey: userId });
await OpenFeature.setProviderAndWait(new OFREPWebProvider({
  baseUrl: ${quote(server)},
  headers: [["Authorization", \`Bearer \${clientToken}\`]],
}));
const value = OpenFeature.getClient().get${js}Value(${key}, ${plain});`,
    },
    {
      language: "Go",
      install: "go get github.com/open-feature/go-sdk github.com/open-feature/go-sdk-contrib/providers/ofrep",
      code: `provider := ofrep.NewProvider(${quote(server)}, ofrep.WithBearerToken(os.Getenv("HOIST_TOKEN")))
if err := openfeature.SetProviderAndWait(provider); err != nil {
	return err
}
client := openfeature.NewDefaultClient()
value := client.${go}(ctx, ${key}, ${kind === "object" ? "map[string]any{}" : plain}, openfeature.NewEvaluationContext(userID, nil))`,
    },
    {
      language: "Python",
      install: "pip install openfeature-sdk openfeature-provider-ofrep",
      code: `from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

api.set_provider(OFREPProvider(
    ${quote(server)},
    headers_factory=lambda: {"Authorization": f"Bearer {os.environ['HOIST_TOKEN']}"},
))
client = api.get_client()
value = client.get_${py}_value(${key}, ${python}, EvaluationContext(targeting_key=user_id))`,
    },
    {
      language: "Java and Kotlin",
      install: "dev.openfeature:sdk, dev.openfeature.contrib.providers:ofrep",
      code: `var provider = OfrepProvider.constructProvider(OfrepProviderOptions.builder()
    .baseUrl(${quote(server)})
    .headers(ImmutableMap.of("Authorization", ImmutableList.of("Bearer " + System.getenv("HOIST_TOKEN"))))
    .build());
OpenFeatureAPI.getInstance().setProviderAndWait(provider);
var client = OpenFeatureAPI.getInstance().getClient();
var value = client.get${title}Value(${key}, ${kind === "object" ? "new Value()" : plain}, new ImmutableContext(userId));`,
    },
    {
      language: ".NET",
      install: "dotnet add package OpenFeature && dotnet add package OpenFeature.Providers.Ofrep",
      code: `await Api.Instance.SetProviderAsync(new OfrepProvider(new OfrepOptions(${quote(server)})
{
    Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
}));
var client = Api.Instance.GetClient();
var context = EvaluationContext.Builder().SetTargetingKey(userId).Build();
var value = await client.Get${net}ValueAsync(${key}, ${kind === "object" ? "new Value()" : plain}, context);`,
    },
    {
      language: "Ruby",
      install: "gem install openfeature-sdk openfeature-ofrep-provider",
      code: `OpenFeature::SDK.configure do |config|
  config.set_provider(OpenFeature::OFREP::Provider.new(
    configuration: OpenFeature::OFREP::Configuration.new(
      base_url: ${quote(server)}, headers: { "Authorization" => "Bearer #{ENV["HOIST_TOKEN"]}" }
    )
  ))
end
client = OpenFeature::SDK.build_client
context = OpenFeature::SDK::EvaluationContext.new(targeting_key: user_id)
value = client.fetch_${ruby}_value(flag_key: ${key}, default_value: ${plain}, evaluation_context: context)`,
    },
    {
      language: "Rust",
      install: "cargo add open-feature open-feature-ofrep",
      code: `let provider = OfrepProvider::new(OfrepOptions { base_url: ${quote(server)}.into(), headers, ..Default::default() }).await?;
OpenFeature::singleton_mut().await.set_provider(provider).await;
let client = OpenFeature::singleton().await.create_client();
let context = EvaluationContext::default().with_targeting_key(user_id);
let value = client.get_${rust}_value(${key}, Some(&context), None).await;`,
    },
    {
      language: "curl",
      install: "",
      code: `curl -s ${quote(`${server}/ofrep/v1/evaluate/flags/${flag}`)} \\
  -H "Authorization: Bearer $HOIST_TOKEN" -H 'Content-Type: application/json' \\
  -d '{"context":{"targetingKey":"user-42"}}'`,
    },
  ];
}
