;;; ghost.el --- Types into a real Emacs with ghost text  -*- lexical-binding: t; -*-

;; emacs -Q --batch -l codecomplete.el -l ghost.el; CC_LSP holds the command, as JSON.

(setq codecomplete-command (append (json-parse-string (getenv "CC_LSP")) nil))

(defun until (condition)
  (let ((end (+ (float-time) 60)))
    (while (not (funcall condition))
      (when (> (float-time) end) 
        (error "waited for %S; %S %S" condition (buffer-string) (codecomplete--rest)))
      (accept-process-output nil 0.02))))

(defun sees (text) (until (lambda () (equal (codecomplete--rest) text))))

(defun check (condition) (unless condition (error "%S %S" (buffer-string) (codecomplete--rest))))

(defun keys (text) (execute-kbd-macro (kbd text)))

(find-file (expand-file-name "example.py" (getenv "FOLDER")))
(python-mode)
(buffer-enable-undo)
(setq-local indent-line-function #'ignore)
(switch-to-buffer (current-buffer))
(insert "é = '😀'\r # one\n\nlast = 1\n")
(goto-char (point-min))
(forward-line 1)
(codecomplete-mode)
(keys "f o")
(sees "r index in range(10):")
(keys "r SPC")
(check (equal (codecomplete--rest) "index in range(10):")) ; at once, without the server
(keys "M-f")
(check (equal (codecomplete--rest) " in range(10):"))
(keys "TAB")
(check (string-search "\nfor index in range(10):\nlast" (buffer-string)))
(check (null (codecomplete--rest)))
(keys "C-/")
(check (string-search "\nfor index\nlast" (buffer-string)))
(end-of-line)
(keys "DEL")
(sees "x in range(10):")
(keys "C-g")
(check (null (codecomplete--rest)))
(keys "z")
(until (lambda () (null (codecomplete--rest))))
(goto-char (point-max))
(keys "i f SPC r e")
(sees "ady:\n    print('first')\n    print('second')")
(keys "TAB")
(check (string-suffix-p "if ready:\n    print('first')\n    print('second')" (buffer-string)))
(codecomplete-mode -1)
(jsonrpc-shutdown codecomplete--connection)
(message "all seen")
