vim9script
# The Python half: started on first use, restarted if it dies, and never waited for. Knows nothing of what
# the messages mean.
import autoload 'codecomplete/config.vim'
import autoload 'codecomplete/say.vim'

const MOST_DEATHS = 5
const BACKOFF_S = 0.5 # before the first restart; doubles with each
const HEALTHY_S = 60.0 # of life after which earlier deaths no longer count
const SILENCE_S = 5.0 # without an answer before it is pinged, and again before it is ended

# 'stopped', 'starting', 'ready', 'waiting' (for its restart) or 'failed'
var state = 'stopped'
var reason = '' # why there are no suggestions, on one line
var pid = 0
var sent = 0 # messages, so that tests can count the work
var job: job
var deaths = 0
var started = reltime()
var retry_at = 0.0
var silent_since = 0.0
var pinged_at = 0.0
var told = false
var complaint = '' # the newest line of its standard error
var receivers: dict<func> = {}
var Lost: func = () => null

const BEGIN = reltime()

def Now(): float
  return reltimefloat(reltime(BEGIN))
enddef

const SCRIPT = resolve(expand('<sfile>:p'))

# The folder from which the Python package is imported: the top of a checkout, or where the package is
# installed.
export def Root(): string
  var above = fnamemodify(SCRIPT, ':h:h:h:h:h:h')
  return filereadable(above .. '/codecomplete/__init__.py') ? above : fnamemodify(above, ':h')
enddef

# The Python to run: the one that the user has named, even if it does not exist; otherwise the first of these
# that can be executed. The last of the list is in the environment that the Neovim plugin makes.
export def Python(): string
  var named = config.Get('python')
  if named != null
    return expand(named)
  endif
  var root = Root()
  var prefix = matchstr(root, '^.*\ze/lib/python[0-9.]\+/site-packages$')
  var data = empty($XDG_DATA_HOME) ? expand('~/.local/share') : $XDG_DATA_HOME
  for candidate in [
    root .. '/.venv/bin/python',
    prefix == '' ? '' : prefix .. '/bin/python3',
    data .. '/nvim/codecomplete/venv/bin/python',
  ]
    if candidate != '' && executable(candidate)
      return candidate
    endif
  endfor
  return 'python3'
enddef

export def Command(): list<string>
  return config.Get('command') ?? [Python(), '-m', 'codecomplete.integrations.vim', 'serve']
enddef

# Stop suggesting until the user does something, and report why, once.
export def Fail(why: string)
  state = 'failed'
  reason = why
  if !told
    told = true
    say.Say(why, 'WarningMsg')
  endif
enddef

def Exited(ended: job, code: number)
  if ended != job
    return
  endif
  var served = state == 'ready'
  pid = 0
  silent_since = 0.0
  pinged_at = 0.0
  Lost()
  var said = complaint == '' ? 'it gave no message' : complaint
  if !served
    Fail(printf('Python ended at once (exit %d): %s', code, said))
    return
  endif
  deaths = reltimefloat(reltime(started)) > HEALTHY_S ? 1 : deaths + 1
  if deaths > MOST_DEATHS
    Fail(printf('Python died %d times (exit %d): %s', deaths, code, said))
    return
  endif
  state = 'waiting'
  retry_at = Now() + BACKOFF_S * pow(2, deaths - 1)
enddef

def Complained(_: channel, line: string)
  if line =~ '\S'
    complaint = line
  endif
enddef

# Handle what the Python half says: a verb and a message.
def Received(_: channel, said: any)
  silent_since = 0.0
  pinged_at = 0.0
  if type(said) == v:t_list && len(said) == 2 && has_key(receivers, said[0])
    receivers[said[0]](said[1])
  endif
enddef

def Start(): bool
  complaint = ''
  var command = Command()
  if !executable(command[0])
    Fail(command[0] .. ' cannot be executed')
    return false
  endif
  job = job_start(command, {
    mode: 'json',
    err_mode: 'nl',
    noblock: 1,
    cwd: Root(),
    env: {CODECOMPLETE_PARENT: string(getpid())},
    callback: Received,
    err_cb: Complained,
    exit_cb: Exited,
    stoponexit: 'term',
  })
  return job_status(job) == 'run'
enddef

# Send the Python half its options.
export def TellOptions()
  var options: dict<any> = {}
  for name in config.ENGINE
    var value = config.Get(name)
    if value != null
      options[name] = name == 'model' ? fnamemodify(expand(value), ':p') : value
    endif
  endfor
  Send('options', options)
enddef

def Runs(): bool
  return job != null_job && job_status(job) == 'run'
enddef

# Start it if it is not running and may be started now; returns whether messages can be sent.
export def Ensure(): bool
  if state == 'failed' || (state == 'waiting' && Now() < retry_at)
    return false
  elseif Runs() && state != 'stopped'
    return true
  endif
  state = 'starting'
  reason = ''
  started = reltime()
  if !Start()
    if state != 'failed'
      Fail(Command()[0] .. ' cannot be executed')
    endif
    return false
  endif
  TellOptions()
  return true
enddef

# Ping a process that has been silent for long, and end it if it does not answer: the next message starts it
# again.
def Watch()
  if state != 'ready'
    return
  elseif pinged_at > 0
    if Now() - pinged_at > SILENCE_S
      job_stop(job, 'kill')
    endif
  elseif silent_since > 0 && Now() - silent_since > SILENCE_S
    pinged_at = Now()
    ch_sendexpr(job, ['ping', {}])
  endif
  silent_since = silent_since > 0 ? silent_since : Now()
enddef

# Send a message to the Python half, if it is running.
export def Send(verb: string, message: dict<any>): bool
  if !Runs()
    return false
  endif
  try
    ch_sendexpr(job, [verb, message])
    sent += 1
    Watch()
  catch
    return false
  endtry
  return true
enddef

export def On(verb: string, Receiver: func(dict<any>))
  receivers[verb] = Receiver
enddef

# Call ``Lose`` when the Python half has lost its state.
export def OnLost(Lose: func())
  Lost = Lose
enddef

# End it; the next message that needs it starts it again.
export def Stop()
  var running = job
  state = 'stopped'
  pid = 0
  silent_since = 0.0
  pinged_at = 0.0
  Lost()
  if Runs()
    job = null_job
    job_stop(running)
  endif
enddef

# Forget all failures.
export def Forgive()
  deaths = 0
  retry_at = 0.0
  told = false
  reason = ''
  if state == 'failed'
    state = Runs() ? 'ready' : 'stopped'
  endif
enddef

# {state, reason, pid, sent}
export def Report(): dict<any>
  return {state: state, reason: reason, pid: pid, sent: sent}
enddef

On('ready', (message) => {
  state = 'ready'
  pid = message.pid
})
On('failed', (message) => {
  Fail(message.reason)
})
