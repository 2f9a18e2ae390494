import type { Narrator } from './narrator.ts';
import { canarySteps } from './canary-steps.ts';
import { driftSteps } from './drift-steps.ts';
import { openingSteps } from './opening-steps.ts';
import { outcomeSteps } from './outcome-steps.ts';
import { releaseSteps } from './release-steps.ts';
import { rollbackSteps } from './rollback-steps.ts';
import { sceneOf, type StoryStep } from './scene.ts';
import type { Stage } from './stage.ts';

/** Every step looks at GitHub or Azure from outside, as a person would; none asks Trueup whether it is done. */
export function storySteps(stage: Stage, narrator: Narrator): readonly StoryStep[] {
  const scene = sceneOf(stage, narrator);
  return [...openingSteps(scene), ...releaseSteps(scene, canarySteps(scene)), ...outcomeSteps(scene), ...rollbackSteps(scene), ...driftSteps(scene)];
}
