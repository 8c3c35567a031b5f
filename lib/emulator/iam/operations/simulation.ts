/** SimulatePrincipalPolicy, SimulateCustomPolicy, GetContextKeysForPrincipalPolicy, GetContextKeysForCustomPolicy. */

import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import type { Entity } from '../entities.ts';
import { invalidInput } from '../errors.ts';
import type { Iam } from '../iam.ts';
import { pageOf } from '../pages.ts';
import { keysOfPolicies } from '../simulation/context-keys.ts';
import { simulateAction } from '../simulation/simulate.ts';
import { inputPolicies, readSource, readSubject, type SimulationInput } from '../simulation/subject.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

/** `kms:Decrypt`; the simulator takes no wildcards. */
const ACTION = /^[A-Za-z0-9-]+:[A-Za-z0-9]+$/;
/** Actions times resources of one page. AWS gives no figure; this bounds what one request can cost. */
const MAX_EVALUATIONS = 10_000;
/** Evaluations between two breaths, so that other requests are not kept waiting. */
const BATCH = 100;

interface Asked extends SimulationInput {
  readonly ActionNames?: string[] | undefined;
  readonly ResourceArns?: string[] | undefined;
  readonly ResourceHandlingOption?: string | undefined;
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

export function simulationOperations(iam: Iam) {
  async function simulate(context: RequestContext, input: Asked, source?: Entity): Promise<Sdk.SimulatePolicyResponse> {
    const actions = [...new Set(input.ActionNames)];
    for (const action of actions) {
      if (!ACTION.test(action)) throw invalidInput(`Invalid action name: ${action}`);
    }
    const resources = input.ResourceArns === undefined || input.ResourceArns.length === 0 ? ['*'] : input.ResourceArns;
    for (const arn of resources) {
      if (arn !== '*' && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:./.test(arn))
        throw invalidInput(`Invalid resource ARN: ${arn}`);
    }
    const simulated = readSubject(iam, context.accountId, input, source);
    const numbered = actions.map((action, at) => ({ action, at: String(at).padStart(6, '0') }));
    const page = pageOf(input, ({ at }) => at, numbered);
    if (page.items.length * resources.length > MAX_EVALUATIONS) {
      throw invalidInput(`A page takes at most ${MAX_EVALUATIONS} combinations of actions and resources.`);
    }
    const EvaluationResults: Sdk.EvaluationResult[] = [];
    let sinceBreath = 0;
    for (const { action } of page.items) {
      EvaluationResults.push(simulateAction(simulated, action, resources, source));
      sinceBreath += resources.length;
      if (sinceBreath < BATCH) continue;
      sinceBreath = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { EvaluationResults, ...page.answer };
  }

  const SimulateCustomPolicy: Op<Sdk.SimulateCustomPolicyRequest, Promise<Sdk.SimulatePolicyResponse>> = (
    input,
    context,
  ) => {
    iam.authorize(context, '*');
    return simulate(context, input);
  };

  const SimulatePrincipalPolicy: Op<Sdk.SimulatePrincipalPolicyRequest, Promise<Sdk.SimulatePolicyResponse>> = (
    input,
    context,
  ) => {
    const arn = input.PolicySourceArn ?? '';
    iam.authorize(context, arn);
    return simulate(context, input, ownSource(iam, context, arn));
  };

  const GetContextKeysForCustomPolicy: Op<
    Sdk.GetContextKeysForCustomPolicyRequest,
    Sdk.GetContextKeysForPolicyResponse
  > = (input, context) => {
    iam.authorize(context, '*');
    const policies = inputPolicies(input.PolicyInputList, 'identity', 'PolicyInputList');
    return { ContextKeyNames: keysOfPolicies(policies.map(({ policy }) => policy)) };
  };

  const GetContextKeysForPrincipalPolicy: Op<
    Sdk.GetContextKeysForPrincipalPolicyRequest,
    Sdk.GetContextKeysForPolicyResponse
  > = (input, context) => {
    const arn = input.PolicySourceArn ?? '';
    iam.authorize(context, arn);
    const own = iam.identity.policiesOfEntity(ownSource(iam, context, arn));
    const given = inputPolicies(input.PolicyInputList, 'identity', 'PolicyInputList');
    const boundary = own.boundary === undefined ? [] : [own.boundary];
    return { ContextKeyNames: keysOfPolicies([...own.identity, ...boundary, ...given].map(({ policy }) => policy)) };
  };

  return {
    SimulateCustomPolicy,
    SimulatePrincipalPolicy,
    GetContextKeysForCustomPolicy,
    GetContextKeysForPrincipalPolicy,
  };
}

/** An entity of the caller's own account; another's policies are nobody's to see. */
function ownSource(iam: Iam, context: RequestContext, arn: string): Entity {
  const entity = readSource(iam, arn);
  if (entity.accountId === context.accountId) return entity;
  throw invalidInput(`Invalid Entity Arn: ${arn} is not an entity of account ${context.accountId}.`);
}
