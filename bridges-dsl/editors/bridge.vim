" Vim syntax file of the bridge language
if exists("b:current_syntax")
  finish
endif

syn keyword bridgeControl if else for in return check
syn keyword bridgeConstant true false none
syn keyword bridgeKind int float fraction bool string list function f32 i32

syn match bridgeDeclaration "^\s*\zs\(use\|module\|bridge\|def\|input\|entry\|weight\|variant\|require\|ignore\)\>\ze\s\+[^=. ,]"
syn match bridgeDeclaration "^\s*\zs\(config\|weights\)\>\ze\s*[\"{]"
syn match bridgeRole "^\s*\zs\(frozen\s\+\)\?\(encoder\|resampler\|fusion\|projection\|decoder\)\>\ze\s\+\h"
syn match bridgeRole "^\s*\zsfrozen\>\ze\s\+\h"
syn match bridgeMask "\<mask\>\ze\s\+\h\w*\s*,"
syn match bridgeModule "\<\u\w*\>"
syn match bridgeFunction "\<\h\w*\>\ze("
syn match bridgeNumber "\<\d[0-9_]*\(\.\d\+\)\?\(e[+-]\?\d\+\)\?\>"
syn region bridgeString start=+"+ end=+"+ oneline
syn match bridgeComment "#.*$" contains=@Spell

hi def link bridgeControl Statement
hi def link bridgeConstant Constant
hi def link bridgeKind Type
hi def link bridgeDeclaration Keyword
hi def link bridgeRole StorageClass
hi def link bridgeMask Keyword
hi def link bridgeModule Type
hi def link bridgeFunction Function
hi def link bridgeNumber Number
hi def link bridgeString String
hi def link bridgeComment Comment

setlocal commentstring=#\ %s shiftwidth=2 expandtab

let b:current_syntax = "bridge"
