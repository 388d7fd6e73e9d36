import * as v from 'valibot';
import { boolean, serviceUrl } from './forms.ts';
import { fillIn, hostLabels, variables } from './service.ts';
import { type Lookup, readSection, type Section } from './variable.ts';

/** Whether and how `timer` invokes itself. */
interface FanOutSettings {
  /** Whether the function is invoked once more for each target. */
  readonly isOn: boolean;
  /** Where FunctionGraph has the function; absent where its region is not known. */
  readonly functionGraph: { readonly region: string; readonly url: string } | undefined;
}

/** @param isOnFunctionGraph then the function must know its own region to invoke itself */
export function readFanOut(lookup: Lookup, isOnFunctionGraph: boolean): Section<{ readonly fanOut: FanOutSettings }> {
  const schema = v.pipe(
    v.object({
      SWEEP_FAN_OUT: v.optional(boolean, 'false'),
      HW_REGION_NAME: v.optional(hostLabels),
      HW_CLOUD: variables.entries.HW_CLOUD,
      FUNCTIONGRAPH_ENDPOINT: v.optional(serviceUrl, 'https://functiongraph.{region}.{cloud}'),
    }),
    v.forward(
      v.partialCheck(
        [['SWEEP_FAN_OUT'], ['HW_REGION_NAME']],
        ({ SWEEP_FAN_OUT: isOn, HW_REGION_NAME: region }) => !isOnFunctionGraph || !isOn || region !== undefined,
        'needs HW_REGION_NAME, the region of the function itself',
      ),
      ['SWEEP_FAN_OUT'],
    ),
    v.transform(({ SWEEP_FAN_OUT: isOn, HW_REGION_NAME: region, HW_CLOUD, FUNCTIONGRAPH_ENDPOINT: endpoint }) => {
      const toPlace = (ofFunction: string) => ({
        region: ofFunction,
        url: fillIn(endpoint, { HW_REGION_NAME: ofFunction, HW_CLOUD }),
      });
      return { fanOut: { isOn, functionGraph: region === undefined ? undefined : toPlace(region) } };
    }),
  );
  return readSection(schema, lookup);
}
