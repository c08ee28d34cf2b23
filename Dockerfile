# The service in a container: see service/README.md. Two stages, so that build tools stay behind.
FROM python:3.13.5-slim-bookworm AS build
WORKDIR /app
COPY setup pyproject.toml README.md LICENSE NOTICE ./
COPY requirements requirements
COPY datasets/LICENSE datasets/LICENSE
COPY classifier classifier
COPY service service
RUN ./setup --service

FROM python:3.13.5-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home cmc
WORKDIR /app
COPY --from=build /app /app
USER 10001
ENV CMC_HOST=0.0.0.0 CMC_PORT=8000 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD [".venv/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"CMC_PORT\"]}/readyz', timeout=5)"]
CMD [".venv/bin/cmc", "serve"]
