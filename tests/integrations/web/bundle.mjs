// Bundles a test's page: node bundle.mjs ENTRY OUT, with the package under its own name.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../../integrations/web/node_modules/esbuild/lib/main.js';

const [entry, out] = process.argv.slice(2);
const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'integrations', 'web');
await build({
  entryPoints: [entry], bundle: true, format: 'esm', outfile: out, logLevel: 'warning',
  nodePaths: [join(web, 'node_modules'), join(dirname(entry), 'node_modules')],
  loader: { '.ttf': 'dataurl' },
  alias: {
    'codecomplete-web': join(web, 'src/index.mjs'),
    'codecomplete-web/codemirror': join(web, 'src/editors/codemirror.mjs'),
    'codecomplete-web/textarea': join(web, 'src/editors/textarea.mjs'),
    'codecomplete-web/monaco': join(web, 'src/editors/monaco.mjs'),
    'codecomplete-web/worker': join(web, 'src/serving/worker.mjs'),
  },
});
