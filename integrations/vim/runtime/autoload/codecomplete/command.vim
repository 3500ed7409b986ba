vim9script
# :CodeComplete and its subcommands.
import autoload 'codecomplete/config.vim'
import autoload 'codecomplete/events.vim'
import autoload 'codecomplete/process.vim'
import autoload 'codecomplete/say.vim'
import autoload 'codecomplete/where.vim'

const WORDS = {
  stopped: 'the Python process starts when you first insert text',
  starting: 'the Python process is starting',
  ready: 'the Python process is running',
  waiting: 'the Python process died and is about to be restarted',
  failed: 'stopped',
}
const PATIENCE_MS = 200

# What the Python half reports on itself; empty if it does not answer at once.
def OfPython(): list<string>
  var lines: list<string> = []
  process.On('status', (message) => {
    lines = message.lines
  })
  if process.Report().state == 'ready' && process.Send('status', {})
    var begin = reltime()
    while empty(lines) && 1000 * reltimefloat(reltime(begin)) < PATIENCE_MS
      sleep 2m
    endwhile
  endif
  return lines[1 :]
enddef

# The lines of :CodeComplete status.
export def Lines(): list<string>
  var report = process.Report()
  var refusal = where.Refusal()
  var number = report.pid > 0 ? ' (' .. report.pid .. ')' : ''
  var reason = report.reason == '' ? '' : ': ' .. report.reason
  var problems = map(config.Problems(), (_, problem) => 'an option keeps its default: ' .. problem)
  return [
    'codecomplete is ' .. (config.Get('enabled') ? 'on' : 'off'),
    'this buffer: ' .. (refusal == '' ? 'on' : 'off, ' .. refusal),
    WORDS[report.state] .. number .. reason,
    'its command: ' .. join(process.Command()),
  ] + problems + OfPython()
enddef

def Switch(on: bool)
  events.Enable(on)
  say.Say('suggestions are ' .. (on ? 'on' : 'off'))
enddef

def Feed(name: string)
  feedkeys(eval('"\<Plug>(codecomplete-' .. name .. ')"'), 'im')
enddef

const COMMANDS: dict<func> = {
  on: () => Switch(true),
  off: () => Switch(false),
  toggle: () => Switch(!config.Get('enabled')),
  status: () => {
    echo join(Lines(), "\n")
  },
  accept: () => Feed('accept'),
  dismiss: () => events.Dismiss(),
  never: () => Feed('never'),
}

export def Complete(lead: string, _: string, _: number): list<string>
  return filter(sort(keys(COMMANDS)), (_, name) => stridx(name, lead) == 0)
enddef

export def Run(argument: string)
  var name = trim(argument)
  if name == ''
    events.Trigger()
  elseif has_key(COMMANDS, name)
    call(COMMANDS[name], [])
  else
    say.Say(name .. ': expected one of ' .. join(sort(keys(COMMANDS)), ', '), 'ErrorMsg')
  endif
enddef
