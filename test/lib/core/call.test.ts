import { describe, expect, test } from 'vitest';
import { withinDeadline } from '../../../lib/core/call.ts';
import { ServiceError } from '../../../lib/core/errors.ts';

const late = () => new ServiceError('upstream_timeout', 'late');
const valueAfter = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));

describe('waiting within a deadline', () => {
  test('gives what comes in time', async () => {
    expect(await withinDeadline(valueAfter(5, 'value'), 5_000, late)).toBe('value');
  });

  test('passes on a failure that comes in time', async () => {
    const failing = withinDeadline(Promise.reject(new Error('early')), 5_000, late);

    await expect(failing).rejects.toThrow('early');
  });

  test.each([20, 0, -1_000])('with %i ms left ends without the value', async (remainingMs) => {
    const waiting = withinDeadline(valueAfter(200, 'value'), remainingMs, late);

    await expect(waiting).rejects.toMatchObject({ code: 'upstream_timeout', message: 'late' });
  });

  test('leaves the shared work to the others', async () => {
    const shared = valueAfter(50, 'value');

    await expect(withinDeadline(shared, 1, late)).rejects.toThrow('late');

    expect(await withinDeadline(shared, 5_000, late)).toBe('value');
  });

  test('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();

    await Promise.all(Array.from({ length: 20 }, () => withinDeadline(Promise.resolve(1), 60_000, late)));

    expect(timers()).toBeLessThanOrEqual(before);
  });
});
