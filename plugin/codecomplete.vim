" For plugin managers that clone this repository: the plugin itself is part of the Python package.
if !has('nvim') && !exists('g:loaded_codecomplete')
  let &runtimepath = fnamemodify(resolve(expand('<sfile>:p')), ':h:h') .. '/integrations/vim/runtime,' .. &runtimepath
  runtime plugin/codecomplete.vim
endif
