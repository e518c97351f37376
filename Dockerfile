# One image for the worker, the migrations and the front desk's commands.

ARG PYTHON=3.11.14-slim-trixie

FROM python:${PYTHON} AS build

# The environment gets no pip of its own: the image's pip fills it from outside.
RUN python -m venv --without-pip /opt/mobility
COPY requirements-runtime.lock /tmp/
RUN pip --python /opt/mobility/bin/python --no-cache-dir --disable-pip-version-check \
      install --require-hashes --no-deps --only-binary :all: \
      --requirement /tmp/requirements-runtime.lock

COPY . /app
COPY deploy/image/mobility /opt/mobility/bin/
RUN chmod 755 /opt/mobility/bin/mobility && chmod -R a+rX /app \
    && python -m compileall -q /app


FROM python:${PYTHON}

# Nothing is installed in a container that runs.
RUN pip uninstall --yes --quiet --root-user-action=ignore setuptools wheel pip \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin mobility

COPY --from=build /opt/mobility /opt/mobility
COPY --from=build /app /app

ENV PATH=/opt/mobility/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /app
USER 10001:10001

ENTRYPOINT ["python"]
CMD ["worker.py"]
