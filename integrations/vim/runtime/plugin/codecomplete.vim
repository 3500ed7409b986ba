" Ghost text while you type. All that is loaded at startup: a command, mappings and two autocommands.
if exists('g:loaded_codecomplete') || has('nvim')
  finish
endif
let g:loaded_codecomplete = 1

" The oldest version that was tried; virtual text came a little earlier.
if !has('vim9script') || !has('patch-9.0.1378') || !has('job') || !has('channel') || !has('textprop')
      \ || !has('timers')
  command! -nargs=* CodeComplete echohl WarningMsg
        \ | echo 'codecomplete: needs Vim 9.0.1378 with +channel +job +textprop +timers' | echohl None
  finish
endif

command! -nargs=* -complete=customlist,codecomplete#command#Complete CodeComplete
      \ call codecomplete#command#Run(<q-args>)

" <C-g>u on both sides makes what is accepted one undo step.
inoremap <silent> <Plug>(codecomplete-accept) <C-g>u<Cmd>call codecomplete#accept#All()<CR><C-g>u
inoremap <silent> <Plug>(codecomplete-accept-word) <C-g>u<Cmd>call codecomplete#accept#Word()<CR><C-g>u
inoremap <silent> <Plug>(codecomplete-accept-hump) <C-g>u<Cmd>call codecomplete#accept#Hump()<CR><C-g>u
inoremap <silent> <Plug>(codecomplete-accept-line) <C-g>u<Cmd>call codecomplete#accept#Line()<CR><C-g>u
inoremap <silent> <Plug>(codecomplete-next) <Cmd>call codecomplete#events#Cycle(1)<CR>
inoremap <silent> <Plug>(codecomplete-previous) <Cmd>call codecomplete#events#Cycle(-1)<CR>
inoremap <silent> <Plug>(codecomplete-dismiss) <Cmd>call codecomplete#events#Dismiss()<CR>
inoremap <silent> <Plug>(codecomplete-never) <Cmd>call codecomplete#events#Never()<CR>
inoremap <silent> <Plug>(codecomplete-trigger) <Cmd>call codecomplete#events#Trigger()<CR>

" Vim records the mode only while an autocommand listens to it. So one does, that does nothing: at the first
" insertion, it must be known whether that is into a block.
augroup codecomplete_start
  autocmd!
  autocmd ModeChanged *:[\x16] :
  autocmd InsertEnter * ++once call codecomplete#events#Begin()
augroup END
