/**
 * As much of CloudWatch's filter patterns for JSON as the deployment uses: texts compared, joined by `||` or `&&`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
export function toPattern(pattern: string): (line: unknown) => boolean {
  const [, inner = ''] = /^\{ (.*) \}$/.exec(pattern) ?? [];
  const terms = inner.split(/ (?:\|\||&&) /).map(toTerm);
  if (inner.includes('||') && inner.includes('&&')) throw new TypeError(`mixed: ${pattern}`);
  return (line) => (inner.includes('||') ? terms.some((term) => term(line)) : terms.every((term) => term(line)));
}

function toTerm(text: string): (line: unknown) => boolean {
  const [, name = '', operator, value] = /^\(?\$\.(\w+) (=|!=) "([^"]*)"\)?$/.exec(text) ?? [];
  if (operator === undefined) throw new TypeError(`not understood: ${text}`);
  return (line) => {
    const found: unknown = Object(line)[name];
    return found !== undefined && (operator === '=' ? found === value : found !== value);
  };
}
