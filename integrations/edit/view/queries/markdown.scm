; Blocks of Markdown; what stands inside a line is another grammar's and has no colours.

(atx_heading) @heading
(setext_heading) @heading
(indented_code_block) @text.literal
(fenced_code_block) @text.literal
(block_quote) @text.quote
(link_destination) @link
(link_label) @link
(html_block) @tag
(info_string) @label
[
  (list_marker_plus)
  (list_marker_minus)
  (list_marker_star)
  (list_marker_dot)
  (list_marker_parenthesis)
  (thematic_break)
] @punctuation.special
