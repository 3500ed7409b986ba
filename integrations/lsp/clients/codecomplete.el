;;; codecomplete.el --- Ghost text from cc-lsp  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0
;; Package-Requires: ((emacs "28.1"))

;;; Commentary:

;; Uses its own connection, independent of other clients of language servers (Eglot, lsp-mode).
;; (add-hook 'prog-mode-hook #'codecomplete-mode)
;; While ghost text is visible: TAB accepts it, M-f accepts its next word, C-g dismisses it.

;;; Code:

(require 'jsonrpc)
(require 'cl-lib)
(require 'subr-x)
(require 'url-util)

(defgroup codecomplete nil "Ghost text from a model on this computer." :group 'convenience)

(defcustom codecomplete-command '("cc-lsp")
  "Command that starts the server."
  :type '(repeat string))

(defcustom codecomplete-settings nil
  "Settings of the server, as a property list such as (:max_tokens 20)."
  :type 'plist)

(defcustom codecomplete-languages
  '(("c\\+\\+" . "cpp") ("\\`c-" . "c") ("tsx\\|typescript" . "typescript")
    ("js\\|javascript" . "javascript") ("java" . "java"))
  "Language identifiers by major mode; for others, the name of the mode."
  :type '(alist :key-type regexp :value-type string))

(defface codecomplete-ghost '((t :inherit shadow)) "Face of ghost text.")

(defvar codecomplete-mode)
(defvar codecomplete--connection nil)
(defvar-local codecomplete--version 0)
(defvar-local codecomplete--changing nil "The ends and range that `before-change-functions' announced.")
(defvar-local codecomplete--place nil "Tick, point and size after the last command.")
(defvar-local codecomplete--ghost nil "An overlay, while something is suggested.")

;; The server

(defun codecomplete--connect ()
  "The connection, which is started if necessary."
  (unless (and codecomplete--connection (jsonrpc-running-p codecomplete--connection))
    (setq codecomplete--connection
          (make-instance
           'jsonrpc-process-connection :name "codecomplete"
           :notification-dispatcher
           (lambda (_ method params)
             (when (eq method 'window/showMessage) (message "%s" (plist-get params :message))))
           :process
           (lambda ()
             (make-process :name "cc-lsp" :command codecomplete-command :connection-type 'pipe
                           :coding 'no-conversion :noquery t
                           :stderr (get-buffer-create " *codecomplete log*")))))
    (jsonrpc-request
     codecomplete--connection :initialize
     (list :processId (emacs-pid)
           :initializationOptions (or codecomplete-settings (make-hash-table))
           :capabilities '(:general (:positionEncodings ["utf-32"]) ; as Emacs counts
                           :textDocument (:inlineCompletion (:dynamicRegistration :json-false)))))
    (jsonrpc-notify codecomplete--connection :initialized (make-hash-table)))
  codecomplete--connection)

(defun codecomplete--uri ()
  (if buffer-file-name
      (concat "file://" (url-hexify-string buffer-file-name url-path-allowed-chars))
    (concat "untitled:" (url-hexify-string (buffer-name)))))

(defun codecomplete--language ()
  (let ((mode (symbol-name major-mode)))
    (or (cdr (seq-find (lambda (one) (string-match-p (car one) mode)) codecomplete-languages))
        (replace-regexp-in-string "\\(-ts\\)?-mode\\'" "" mode))))

(defun codecomplete--position (place)
  (save-restriction
    (widen)
    (save-excursion
      (goto-char place)
      (list :line (1- (line-number-at-pos)) :character (- place (line-beginning-position))))))

(defun codecomplete--text (from to)
  "The text between two places, with CR, a line end only in LSP, as a space."
  (subst-char-in-string ?\r ?\s (buffer-substring-no-properties from to) t))

(defun codecomplete--whole ()
  (save-restriction (widen) (codecomplete--text (point-min) (point-max))))

(defun codecomplete--open ()
  (jsonrpc-notify
   (codecomplete--connect) :textDocument/didOpen
   (list :textDocument (list :uri (codecomplete--uri) :languageId (codecomplete--language)
                             :version (setq codecomplete--version 0) :text (codecomplete--whole)))))

(defun codecomplete--close ()
  (jsonrpc-notify (codecomplete--connect) :textDocument/didClose
                  (list :textDocument (list :uri (codecomplete--uri)))))

(defun codecomplete--before-change (from to)
  (setq codecomplete--changing
        (list from to (list :start (codecomplete--position from)
                            :end (codecomplete--position to)))))

(defun codecomplete--after-change (from to length)
  "Send the server what changed, or all text if Emacs announced another change."
  (pcase-let* ((`(,begin ,end ,range) codecomplete--changing)
               (fits (and begin (= begin from) (= (- end begin) length))))
    (setq codecomplete--changing nil)
    (jsonrpc-notify
     (codecomplete--connect) :textDocument/didChange
     (list :textDocument (list :uri (codecomplete--uri) :version (cl-incf codecomplete--version))
           :contentChanges (vector (if fits (list :range range :text (codecomplete--text from to))
                                     (list :text (codecomplete--whole))))))))

;; Ghost text

(defun codecomplete--here ()
  (list (buffer-chars-modified-tick) (point) (buffer-size)))

(defun codecomplete--hide ()
  (when codecomplete--ghost (delete-overlay codecomplete--ghost))
  (setq codecomplete--ghost nil))

(defun codecomplete--show (text)
  (codecomplete--hide)
  (let ((shown (propertize text 'face 'codecomplete-ghost)))
    (put-text-property 0 1 'cursor t shown)
    (setq codecomplete--ghost (make-overlay (point) (point) nil t))
    (overlay-put codecomplete--ghost 'codecomplete text)
    (overlay-put codecomplete--ghost 'after-string shown)))

(defun codecomplete--rest ()
  "The text suggested now, if any."
  (and codecomplete--ghost (overlay-get codecomplete--ghost 'codecomplete)))

(defun codecomplete--ask ()
  (let ((buffer (current-buffer)) (asked (codecomplete--here)))
    (jsonrpc-async-request
     (codecomplete--connect) :textDocument/inlineCompletion
     (list :textDocument (list :uri (codecomplete--uri)) :position (codecomplete--position (point))
           :context '(:triggerKind 2))
     :error-fn #'ignore :timeout-fn #'ignore
     :success-fn
     (lambda (found)
       (let ((first (car (append (plist-get found :items) nil))))
         (when (and first (buffer-live-p buffer))
           (with-current-buffer buffer
             (when (and codecomplete-mode (equal asked (codecomplete--here)))
               (codecomplete--show (plist-get first :insertText))))))))))

(defun codecomplete--typed-through (from size)
  "Whether the text typed since FROM was suggested; if so, keep the rest."
  (when-let ((rest (codecomplete--rest)))
    (let ((typed (and (< from (point)) (= (- (buffer-size) size) (- (point) from))
                      (buffer-substring-no-properties from (point)))))
      (when (and typed (string-prefix-p typed rest) (< (length typed) (length rest)))
        (codecomplete--show (substring rest (length typed)))
        t))))

(defun codecomplete--after-command ()
  (pcase-let ((`(,tick ,from ,size) codecomplete--place) (now (codecomplete--here)))
    (unless (equal now codecomplete--place)
      (setq codecomplete--place now)
      (let ((edited (not (eql tick (car now)))))
        (unless (and edited from (codecomplete--typed-through from size))
          (codecomplete--hide)
          (when edited (codecomplete--ask)))))))

(defun codecomplete--take (text)
  (insert text)
  (codecomplete--after-command))

(defun codecomplete-accept ()
  "Insert the whole suggestion."
  (interactive)
  (let ((rest (codecomplete--rest)))
    (codecomplete--hide)
    (codecomplete--take rest)))

(defun codecomplete-accept-word ()
  "Insert the next word of the suggestion."
  (interactive)
  (let ((rest (codecomplete--rest)))
    (string-match "\\`[ \t\n]*\\(?:[[:alnum:]_]+\\|[^[:alnum:]_ \t\n]+\\)" rest)
    (codecomplete--take (match-string 0 rest))))

(defun codecomplete-dismiss ()
  "Dismiss the suggestion."
  (interactive)
  (codecomplete--hide))

(defun codecomplete-never ()
  "Never suggest this again."
  (interactive)
  (when-let ((rest (codecomplete--rest)))
    (codecomplete--hide)
    (jsonrpc-notify (codecomplete--connect) :codecomplete/never
                    (list :textDocument (list :uri (codecomplete--uri))
                          :position (codecomplete--position (point)) :text rest))))

(defun codecomplete--if-shown (command)
  (list 'menu-item "" command :filter (lambda (command) (and codecomplete--ghost command))))

(defvar codecomplete-mode-map
  (let ((map (make-sparse-keymap)))
    (pcase-dolist (`(,key . ,command) '(("TAB" . codecomplete-accept)
                                        ("<tab>" . codecomplete-accept)
                                        ("M-f" . codecomplete-accept-word)
                                        ("C-g" . codecomplete-dismiss)))
      (define-key map (kbd key) (codecomplete--if-shown command)))
    map))

;;;###autoload
(define-minor-mode codecomplete-mode
  "Ghost text while you type."
  :lighter " cc"
  (pcase-dolist (`(,hook . ,function) '((before-change-functions . codecomplete--before-change)
                                        (after-change-functions . codecomplete--after-change)
                                        (post-command-hook . codecomplete--after-command)
                                        (kill-buffer-hook . codecomplete--close)))
    (if codecomplete-mode (add-hook hook function nil t) (remove-hook hook function t)))
  (setq codecomplete--place (codecomplete--here))
  (if codecomplete-mode (codecomplete--open)
    (codecomplete--hide)
    (codecomplete--close)))

(provide 'codecomplete)
;;; codecomplete.el ends here
