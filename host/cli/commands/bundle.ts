import type { Command } from '../command.ts';
import { INSTALLED } from './bundle-installed.ts';
import { INSTALLING } from './bundle-install.ts';
import { PUBLISHING } from './bundle-publish.ts';
import { TRUST } from './bundle-trust.ts';

export const BUNDLE: readonly Command[] = [...PUBLISHING, ...INSTALLING, ...INSTALLED, ...TRUST];
