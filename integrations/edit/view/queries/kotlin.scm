; Kotlin: the grammar's package has no query of its own. Later patterns win.

(user_type (identifier) @type)
(class_declaration name: (identifier) @type)
(object_declaration name: (identifier) @type)
(type_alias type: (identifier) @type)
(type_parameter (identifier) @type)
(enum_entry (identifier) @constant)

(function_declaration name: (identifier) @function)
(call_expression (identifier) @function)
(call_expression (navigation_expression (identifier) (identifier) @function .))
(infix_expression (_) (identifier) @keyword (_))

(parameter (identifier) @variable.parameter)
(class_parameter (identifier) @variable.parameter)
(annotation) @attribute
(file_annotation) @attribute

((identifier) @constant
 (#match? @constant "^[A-Z][A-Z0-9_]+$"))
((identifier) @constant.builtin
 (#match? @constant.builtin "^(true|false|null)$"))

((identifier) @keyword
 (#match? @keyword "^(break|continue)$"))

(number_literal) @number
(float_literal) @number
(string_literal) @string
(multiline_string_literal) @string
(character_literal) @string
(escape_sequence) @string.escape
(interpolation "${" @punctuation.special "}" @punctuation.special) @embedded

[
  "as" "as?" "by" "catch" "class" "companion" "constructor" "do" "else" "enum"
  "finally" "for" "fun" "get" "if" "import" "in" "!in" "init" "interface" "is" "!is" "object"
  "package" "return" "return@" "set" "super" "this" "throw" "try" "typealias" "val" "var" "when"
  "where" "while"
] @keyword
(this_expression) @variable.builtin
(super_expression) @variable.builtin
[
  (class_modifier)
  (member_modifier)
  (visibility_modifier)
  (function_modifier)
  (property_modifier)
  (inheritance_modifier)
  (parameter_modifier)
  (variance_modifier)
  (reification_modifier)
  (platform_modifier)
] @keyword

(line_comment) @comment
(block_comment) @comment
(shebang) @comment
