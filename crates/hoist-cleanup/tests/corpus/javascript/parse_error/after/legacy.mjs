export async function page( {
  if (await client.getBooleanValue("new-nav", false) {
    show();
  }
}
