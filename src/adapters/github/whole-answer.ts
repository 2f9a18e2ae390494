/**
 * The answer with all of its body. Octokit takes a body that breaks off for an empty text: a token or an id that is missing in it would be
 * kept as if GitHub had said so. Read before Octokit does, it is no answer at all.
 * @throws what reading the body throws.
 */
export async function wholeAnswer(response: Response): Promise<Response> {
  if (response.body === null) return response;
  const whole = new Response(await response.arrayBuffer(), response);
  // Octokit passes it on; a response that is made has none.
  return Object.defineProperty(whole, 'url', { value: response.url });
}
