;;; plain.el --- Plain completion in Eglot or lsp-mode  -*- lexical-binding: t; -*-

;; emacs -Q --batch -l plain.el; CLIENT is eglot or lsp-mode, CC_LSP the command as JSON.

(dolist (folder (directory-files "/usr/share/emacs/site-lisp/elpa" t "^[^.]"))
  (add-to-list (quote load-path) folder))
(defvar cc-command (append (json-parse-string (getenv "CC_LSP")) nil))
(defvar client (getenv "CLIENT"))

(defun until (condition)
  (let ((end (+ (float-time) (string-to-number (getenv "PATIENCE")))) found)
    (while (not (setq found (funcall condition)))
      (when (> (float-time) end) (error "waited for %S" condition))
      (accept-process-output nil 0.02))
    found))

(make-directory (expand-file-name ".git" (getenv "FOLDER")) t)
(find-file (expand-file-name "example.py" (getenv "FOLDER")))
(python-mode)

(if (equal client "eglot")
    (progn
      (require 'eglot)
      (add-to-list 'eglot-server-programs (cons 'python-mode cc-command))
      (apply #'eglot (eglot--guess-contact))
      (until #'eglot-managed-p))
  (require 'lsp-mode)
  (require 'lsp-completion)
  (setq lsp-auto-guess-root t lsp-enable-snippet nil lsp-enable-file-watchers nil
        lsp-restart 'ignore lsp-warn-no-matched-clients nil)
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () cc-command))
                    :activation-fn (lsp-activate-on "python") :server-id 'cc-lsp :priority 1))
  (lsp)
  (until (lambda () (and (lsp-workspaces)
                         (eq 'initialized (lsp--workspace-status (car (lsp-workspaces))))))))

(insert "é = '😀'\nfo")
(pcase-let* ((`(,start ,end ,table . ,more)
              (if (equal client "eglot") (eglot-completion-at-point) (lsp-completion-at-point)))
             (found (all-completions (buffer-substring start end) table))
             (chosen (car found)))
  (unless (equal chosen "for index in range(10):") (error "found %S" found))
  (delete-region start end)
  (insert chosen)
  (funcall (plist-get more :exit-function) chosen 'finished))
(unless (equal (buffer-string) "é = '😀'\nfor index in range(10):") (error "%S" (buffer-string)))
(set-buffer-modified-p nil)
(message "all seen")
(kill-emacs 0)
