"""HTTP: REST routes, server-rendered pages, answers to errors.

How pages hang on the skeleton: `api.pages` offers `router` (paths `/{tenant}/…`, each route with
`dependencies=[needs(Act.X)]`, `VisitDep` for who, where and when, `FormDep` for what was sent) and
`error_page(request, problem) -> Response`. Two of its routes are named for detours: `sign_in_page` (takes `next`) and
`change_password_page`. Forms carry `visit.csrf_token` in a field `csrf` that stands before any file field.
"""
