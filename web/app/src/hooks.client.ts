/** What a page is told that could not be shown. */

import { Problem } from '$lib/api/problem';
import type { HandleClientError } from '@sveltejs/kit';

export const handleError: HandleClientError = ({ error, status }) => {
  if (status === 404) return { message: '' };
  // A part of the program that was not fetched before is fetched from the hub, too.
  const isUnfetched = error instanceof TypeError && /import|fetch/i.test(error.message);
  const problem = isUnfetched ? Problem.offline() : Problem.of(error);
  return { message: problem.message, problem };
};
