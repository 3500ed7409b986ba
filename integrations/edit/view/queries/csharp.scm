; C#: the wheel of its grammar has no query.

(comment) @comment

[
  (string_literal) (verbatim_string_literal) (raw_string_literal)
  (interpolated_string_expression) (character_literal)
] @string

(escape_sequence) @string.escape
[(integer_literal) (real_literal)] @number
(boolean_literal) @boolean
(null_literal) @constant.builtin
(predefined_type) @type
(implicit_type) @type

(class_declaration name: (identifier) @type)
(interface_declaration name: (identifier) @type)
(struct_declaration name: (identifier) @type)
(record_declaration name: (identifier) @type)
(enum_declaration name: (identifier) @type)
(enum_member_declaration name: (identifier) @constant)
(object_creation_expression type: (identifier) @type)
(variable_declaration type: (identifier) @type)
(parameter type: (identifier) @type)
(base_list (identifier) @type)
(generic_name (identifier) @type)
(attribute name: (identifier) @attribute)
(namespace_declaration name: (identifier) @module)
(using_directive (identifier) @module)

(method_declaration name: (identifier) @function)
(local_function_statement name: (identifier) @function)
(constructor_declaration name: (identifier) @constructor)
(invocation_expression function: (identifier) @function)
(invocation_expression function: (member_access_expression name: (identifier) @function))
(property_declaration name: (identifier) @property)
(parameter name: (identifier) @variable.parameter)

[
  "abstract" "as" "async" "await" "base" "break" "case" "catch" "class" "const" "continue"
  "default" "delegate" "do" "else" "enum" "event" "explicit" "extern" "finally" "fixed" "for"
  "foreach" "get" "goto" "if" "implicit" "in" "init" "interface" "internal" "is" "lock"
  "namespace" "new" "operator" "out" "override" "params" "partial" "private" "protected"
  "public" "readonly" "record" "ref" "required" "return" "sealed" "set" "sizeof" "stackalloc"
  "static" "struct" "switch" "this" "throw" "try" "typeof" "unchecked" "unsafe" "using" "var"
  "virtual" "volatile" "when" "where" "while" "with" "yield"
] @keyword
