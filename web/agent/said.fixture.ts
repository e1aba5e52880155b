// What sources say in words, as templates: each literal that holds words, with {} where a value stands.
import { join, relative } from 'node:path';
import {
  isCallExpression,
  isIdentifier,
  isImportDeclaration,
  isLiteralTypeNode,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isStringLiteral,
  isTemplateExpression,
  type Node,
} from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

const root = join(import.meta.dirname, '../..');

export interface Said {
  file: string;
  template: string;
  /** False of one word, such as a name or an option: only some of those are for people. */
  inWords: boolean;
}

/** Of the files that `isWanted` takes, by their paths from the root, in these projects. */
export function saidIn(projects: readonly string[], isWanted: (file: string) => boolean): Said[] {
  const api = new API({ cwd: root });
  try {
    const configs = projects.map(project => join(root, project, 'tsconfig.json'));
    return configs.flatMap(config => {
      const program = api.updateSnapshot({ openProjects: [config] }).getProject(config)!.program;
      const files = program.getSourceFileNames().filter(path => isWanted(relative(root, path)));
      return files.flatMap(path =>
        templatesIn(program.getSourceFile(path)!).map(template => ({
          file: relative(root, path),
          template,
          inWords: / /.test(template) && /\p{L}{2}/u.test(template),
        })),
      );
    });
  } finally {
    api.close();
  }
}

/** Nobody but a journal, a terminal or a reader of stacks hears what these are given. */
const hidden = /^(?:console\.\w+|log\.\w+|(?:agent\.)?tell|(?:Type|Syntax)?Error|LetGo)$/;

function templatesIn(node: Node): string[] {
  if (isImportDeclaration(node) || isLiteralTypeNode(node)) return [];
  if ((isCallExpression(node) || isNewExpression(node)) && hidden.test(node.expression.getText())) return [];
  const found: string[] = [];
  // A name in an object literal may be for people as well; see new-login.ts.
  if (isPropertyAssignment(node) && isIdentifier(node.name)) found.push(node.name.text);
  const template = templateOf(node);
  if (template !== undefined) found.push(joins(node.parent) ? `{}${template}{}` : template);
  node.forEachChild(child => void found.push(...templatesIn(child)));
  return found;
}

function templateOf(node: Node): string | undefined {
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('{}');
}

const joins = (node: Node): boolean =>
  isCallExpression(node) && isPropertyAccessExpression(node.expression) && node.expression.name.text === 'join';
